"""Other people's protocols: the HTTP that mmcv's client of 2018 speaks."""
