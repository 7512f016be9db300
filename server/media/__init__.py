"""What a training logs beside scalars: images, histograms, tables and more, by kind, tag and step."""
