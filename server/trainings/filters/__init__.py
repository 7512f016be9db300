"""The filter language: text → syntax (`parse`) → what names mean (`fields`) → conditions on trainings (`compile`)."""
