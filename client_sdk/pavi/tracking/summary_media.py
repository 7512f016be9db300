"""What TensorBoard's writer stores beside scalars, with its signatures, as media of a training.

Owns signatures and what they mean. `SummaryWriter` inherits it; encoding is `pavi.media`'s.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pavi import media
from pavi.exception import PointsDropped
from pavi.media.figure import forget
from pavi.media.pixels import batch, sheet
from pavi.media.shape import NotShown
from pavi.tracking.media import refuse
from pavi.tracking.notices import Notices
from pavi.tracking.training import Training

__all__ = ["MediaCalls"]


class MediaCalls:
    """The ``add_…`` calls. ``global_step`` None goes on from the last one of the same kind and tag; ``walltime`` is in
    seconds since the epoch, and None is now; a call never raises."""

    training: Training
    _own_steps: dict[str, int]
    _layout: dict[str, dict[str, Any]]

    def add_image(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
        **ignored: Any,  # noqa: ARG002  # scripts of many versions call this, here and below
    ) -> None:
        """Keeps a picture.

        Args:
            tag: names it.
            img_tensor: pixels (uint8, or floats from 0 to 1), a Pillow image, or a file (see `pavi.Image`). RGB.
            global_step, walltime: as everywhere.
            dataformats: order of the axes; a trailing axis of 1, 3 or 4 channels is found where ``CHW`` makes no sense.
        """
        self._show("image", tag, global_step, walltime, lambda: media.Image(img_tensor, dataformats=dataformats))

    def add_images(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
        **ignored: Any,  # noqa: ARG002  # as above
    ) -> None:
        """Keeps a batch of pictures, at most 64, as a grid. ``img_tensor``: a batch, or a list of pictures."""

        def pictures() -> list[Any]:
            if isinstance(img_tensor, list | tuple):
                one = dataformats.upper().replace("N", "")
                return [media.Image(picture, dataformats=one) for picture in img_tensor]
            return [media.Image(picture, dataformats=one) for picture, one in batch(img_tensor, dataformats)]

        self._show("image", tag, global_step, walltime, pictures)

    def add_image_with_boxes(
        self,
        tag: str,
        img_tensor: Any,
        box_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        rescale: float = 1,  # noqa: ARG002  # a viewer scales by itself
        dataformats: str = "CHW",
        labels: Sequence[str] | str | None = None,
    ) -> None:
        """Keeps a picture and boxes to draw over it.

        Args:
            tag, img_tensor, global_step, walltime, dataformats: as in `add_image`.
            box_tensor: ``(n, 4)``: left, top, right, bottom in pixels.
            rescale: TensorBoard's business; the picture is kept as large as it is.
            labels: one text for each box.
        """
        words = [labels] if isinstance(labels, str) else labels
        picture = media.Image(img_tensor, dataformats=dataformats, boxes=box_tensor, labels=words)
        self._show("image", tag, global_step, walltime, lambda: picture)

    def add_figure(
        self,
        tag: str,
        figure: Any,
        global_step: int | None = None,
        close: bool = True,
        walltime: float | None = None,
    ) -> None:
        """Keeps a matplotlib figure, or a list of them; ``close`` tells pyplot to forget them afterwards."""
        figures = figure if isinstance(figure, list | tuple) else [figure]
        self._show("figure", tag, global_step, walltime, lambda: [media.Figure(one) for one in figures])
        for one in figures if close else ():  # also where nothing is logged: figures that stay open take memory
            forget(one)

    def add_video(
        self,
        tag: str,
        vid_tensor: Any,
        global_step: int | None = None,
        fps: int | float = 4,
        walltime: float | None = None,
    ) -> None:
        """Keeps a video: ``(n, time, channels, height, width)``, n videos tiled, or what `pavi.Video` takes."""
        self._show("video", tag, global_step, walltime, lambda: media.Video(vid_tensor, fps))

    def add_audio(
        self,
        tag: str,
        snd_tensor: Any,
        global_step: int | None = None,
        sample_rate: int = 44100,
        walltime: float | None = None,
    ) -> None:
        """Keeps a sound: samples from -1 to 1, ``(samples,)`` or ``(channels, samples)``, at ``sample_rate`` Hz."""
        self._show("audio", tag, global_step, walltime, lambda: media.Audio(snd_tensor, sample_rate))

    def add_text(
        self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None
    ) -> None:
        """Keeps a text, which is shown as Markdown."""
        self._show("text", tag, global_step, walltime, lambda: media.Text(text_string))

    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: int | None = None,
        bins: Any = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """Keeps the distribution of ``values``; ``bins`` and ``max_bins`` as in `pavi.Histogram`."""
        self._show("histogram", tag, global_step, walltime, lambda: media.Histogram(values, bins, max_bins=max_bins))

    def add_histogram_raw(
        self,
        tag: str,
        min: float,  # noqa: A002  # TensorBoard's names, here and below
        max: float,  # noqa: A002
        num: float,
        sum: float,  # noqa: A002
        sum_squares: float,
        bucket_limits: Any,
        bucket_counts: Any,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Keeps a distribution that is counted already; ``bucket_limits`` are the buckets' upper ends."""

        def histogram() -> Any:
            limits, counts = list(bucket_limits), list(bucket_counts)
            if len(limits) == len(counts) and limits:
                if counts[0] == 0 and len(counts) > 1:  # TensorBoard's way to tell where the first one begins
                    counts = counts[1:]
                else:
                    limits = [min if min < limits[0] else limits[0], *limits]
            return media.Histogram.raw(
                edges=limits, counts=counts, min=min, max=max, num=num, sum=sum, sum_squares=sum_squares
            )

        self._show("histogram", tag, global_step, walltime, histogram)

    def add_pr_curve(
        self,
        tag: str,
        labels: Any,
        predictions: Any,
        global_step: int | None = None,
        num_thresholds: int = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Keeps precision and recall over thresholds, of binary ``labels`` and probabilities."""
        curve = media.PrCurve(labels, predictions, num_thresholds, weights)
        self._show("pr_curve", tag, global_step, walltime, lambda: curve)

    def add_pr_curve_raw(
        self,
        tag: str,
        true_positive_counts: Any,
        false_positive_counts: Any,
        true_negative_counts: Any,
        false_negative_counts: Any,
        precision: Any,
        recall: Any,
        global_step: int | None = None,
        num_thresholds: int = 127,  # noqa: ARG002  # the lists say it
        weights: Any = None,  # noqa: ARG002  # they are in the counts
        walltime: float | None = None,
    ) -> None:
        """Keeps precision and recall that are computed already: lists of one length, over thresholds from 0 to 1."""
        curve = media.PrCurve.raw(
            true_positives=true_positive_counts,
            false_positives=false_positive_counts,
            true_negatives=true_negative_counts,
            false_negatives=false_negative_counts,
            precision=precision,
            recall=recall,
        )
        self._show("pr_curve", tag, global_step, walltime, lambda: curve)

    def add_tensor(self, tag: str, tensor: Any, global_step: int | None = None, walltime: float | None = None) -> None:
        """Keeps a whole tensor, at most 256 MiB."""
        self._show("tensor", tag, global_step, walltime, lambda: media.Tensor(tensor))

    def add_mesh(
        self,
        tag: str,
        vertices: Any,
        colors: Any = None,
        faces: Any = None,
        config_dict: Mapping[str, Any] | None = None,  # noqa: ARG002  # of three.js
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Keeps meshes or clouds of points: ``(batch, n, 3)`` or ``(n, 3)``, as `pavi.Mesh` takes them."""

        def meshes() -> list[Any]:
            def one(values: Any, index: int) -> Any:
                return values[index] if values is not None and getattr(values, "ndim", 2) == 3 else values

            count = len(vertices) if getattr(vertices, "ndim", 2) == 3 else 1
            return [media.Mesh(*(one(values, index) for values in (vertices, faces, colors))) for index in range(count)]

        self._show("mesh", tag, global_step, walltime, meshes)

    def add_embedding(
        self,
        mat: Any,
        metadata: Sequence[Any] | None = None,
        label_img: Any = None,
        global_step: int | None = None,
        tag: str = "default",
        metadata_header: Sequence[str] | None = None,
    ) -> None:
        """Keeps points in many dimensions, turned to their three principal components.

        Args:
            mat: ``(n, d)``.
            metadata: a label, or a list of labels, for each point.
            label_img: ``(n, channels, height, width)``: kept as one picture ``<tag>/label_img``, row by row.
            global_step: as everywhere.
            tag: names them.
            metadata_header: names of the labels when there are several.
        """
        self._show("embedding", tag, global_step, None, lambda: media.Embedding(mat, metadata, metadata_header))
        if label_img is not None:
            self._show("image", f"{tag}/label_img", global_step, None, lambda: media.Image(sheet(label_img)))

    def add_graph(
        self,
        model: Any,
        input_to_model: Any = None,
        verbose: bool = False,
        use_strict_trace: bool = True,
        *,
        tag: str = "model",
        opset_version: int | None = None,
        **ignored: Any,  # noqa: ARG002  # as above
    ) -> None:
        """Keeps a model's graph; see `pavi.Graph`. A model that cannot be run warns, and its modules are shown.

        Args:
            model: a torch module. Modes and random generators are as before afterwards.
            input_to_model: what it is called with: a tensor, or a tuple, list or mapping of them. None lists modules.
            verbose: print the nodes.
            use_strict_trace: as ``torch.jit.trace(strict=)``.
            tag: names the graph.
            opset_version: of ONNX.
        """
        graph = media.Graph(
            model, input_to_model, opset_version=opset_version, strict_trace=use_strict_trace, verbose=verbose
        )
        self._show("graph", tag, None, None, lambda: graph)

    def add_onnx_graph(self, prototxt: str | Path, tag: str = "model") -> None:
        """Keeps the graph of an ONNX file."""
        self._show("graph", tag, None, None, lambda: media.Graph(Path(prototxt)))

    def add_custom_scalars(self, layout: Mapping[str, Any]) -> None:
        """Puts charts together: ``{category: {title: ["Multiline" or "Margin", [tags]]}}``. Further calls add to it."""

        def merged() -> Any:
            checked = media.Layout(layout).encode().body
            for category, charts in checked.items():
                self._layout.setdefault(category, {}).update(charts)
            return media.Layout(self._layout)

        self._show("layout", "custom_scalars", None, None, merged)

    def add_custom_scalars_multilinechart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        """A chart with a line for each of ``tags``."""
        self.add_custom_scalars({category: {title: ["Multiline", tags]}})

    def add_custom_scalars_marginchart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        """A chart with one line and a band around it; ``tags`` are value, lower and upper."""
        self.add_custom_scalars({category: {title: ["Margin", tags]}})

    def add_trace(self, path_or_profiler: Any, tag: str = "profile", step: int | None = None) -> None:
        """Keeps a profiler's trace; see `Training.add_trace`."""
        self._show("trace", tag, step, None, lambda: media.Trace(path_or_profiler))

    @property
    def _notices(self) -> Notices:
        return self.training._notices

    def _next_step(self, key: str, step: Any) -> Any:
        """``step``, or the one after the last of the same key."""
        if step is None:
            step = self._own_steps.get(key, -1) + 1
        if type(step) is int:
            self._own_steps[key] = step
        return step

    def _show(self, kind: str, tag: Any, step: Any, walltime: float | None, make: Callable[[], Any]) -> None:
        """Writes what ``make`` returns: a thing or a list of them."""
        training = self.training
        try:
            step = self._next_step(f"{kind}:{tag}", step)
            if training._silent:
                return
            try:
                shown = make()
            except NotShown as error:
                refuse(f"the {kind} {tag!r:.80}", f"{kind}:{tag}", error, training._recorder, self._notices)
            else:
                training._show([(str(tag), shown)], step, walltime)
        except PointsDropped:
            raise
        except Exception as error:  # noqa: BLE001  # a guest never breaks its host
            self._notices.defect(f"add_{kind}", error)
