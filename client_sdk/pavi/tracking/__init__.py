"""What a training script holds: `init` and `Training`, `SummaryWriter`, and everything that keeps them harmless.

Owns the calls, values, ranks, forks and endings. Writes journals (`pavi.journal`); sending is `pavi.delivery`'s.
"""
