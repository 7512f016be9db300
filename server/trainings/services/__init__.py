"""Writes of trainings. One file a subject; each public function is one transaction."""
