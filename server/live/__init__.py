"""The WebSocket of a page: authorises, joins, forwards. Stores nothing and nobody imports it.

Points go from an ingest process (`broadcast`) through Redis publish/subscribe to every process with a page that
watches (`hub`), and from there through a bounded buffer (`buffer`) to each connection (`consumer`).
"""
