"""Mixed precision: autocast, loss scaling that skips steps which overflowed, and float32 masters of half weights.

After Micikevicius et al. 2018, https://arxiv.org/abs/1710.03740. With float32 everything here is plain training.
"""

import contextlib
from typing import Any

import torch
from torch import nn

from classifier.config import ConfigError

__all__ = ["MasterWeights", "Precision"]

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_STAY_FLOAT32 = (nn.modules.batchnorm._BatchNorm, nn.GroupNorm, nn.LayerNorm)


class Precision:
    """How one model is computed, and how its optimizer steps.

    Args:
        model: converted in place when ``master_weights``; wrap it for several ranks afterwards.
        device: what it computes on.
        dtype: ``fp32``, ``bf16`` or ``fp16``: what autocast computes in.
        master_weights: the model itself holds ``dtype`` (its normalisations stay float32), which halves its memory and
            what ranks exchange; the optimizer updates float32 copies.
        initial_scale, growth_interval: of the loss in ``fp16``: where scaling begins, and after how many good steps in
            a row it doubles. A step with gradients that are not finite is not taken, and halves the scale.

    Attributes:
        parameters: what the optimizer is made of.
    """

    def __init__(
        self,
        model: nn.Module,
        device: torch.device,
        *,
        dtype: str = "fp32",
        master_weights: bool = False,
        initial_scale: float = 2.0**16,
        growth_interval: int = 2000,
    ) -> None:
        if dtype not in DTYPES:
            raise ConfigError(f"amp: dtype {dtype!r} is unknown; there are {', '.join(DTYPES)}")
        if master_weights and dtype == "fp32":
            raise ConfigError("amp: master_weights copies half weights; set amp.dtype to bf16 or fp16")
        self.dtype = DTYPES[dtype]
        self._device = device
        self._model = model
        self._masters = MasterWeights(model, self.dtype) if master_weights else None
        self.parameters = self._masters.parameters if self._masters else list(model.parameters())
        self._scaler = torch.amp.GradScaler(
            device.type, init_scale=initial_scale, growth_interval=growth_interval, enabled=dtype == "fp16"
        )

    @property
    def scale(self) -> float:
        """What the loss is multiplied by; 1 where it is not scaled."""
        return self._scaler.get_scale()

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        """Around the forward pass."""
        return torch.autocast(self._device.type, self.dtype, enabled=self.dtype != torch.float32)

    def step(self, loss: torch.Tensor, optimizer: torch.optim.Optimizer, clip_norm: float | None = None) -> bool:
        """Goes backward from ``loss`` and updates the weights.

        Ranks decide alike, since they have exchanged their gradients by then.

        Args:
            loss: a scalar, not scaled.
            optimizer: made of `parameters`.
            clip_norm: longest gradient, over all weights.

        Returns:
            Whether the step was taken: False when scaled gradients were not finite.
        """
        self._scaler.scale(loss).backward()
        if self._masters:
            self._masters.take_gradients()
        self._scaler.unscale_(optimizer)
        if clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.parameters, clip_norm)
        before = self._scaler.get_scale()
        self._scaler.step(optimizer)
        self._scaler.update()
        if self._masters:
            self._masters.hand_back()
        optimizer.zero_grad(set_to_none=True)
        self._model.zero_grad(set_to_none=True)
        return self._scaler.get_scale() >= before

    def weights(self) -> dict[str, torch.Tensor]:
        """The model's state, weights in full precision: it fits a model of any precision."""
        state = self._model.state_dict()
        return state if self._masters is None else state | self._masters.named()

    def load_weights(self, state: dict[str, torch.Tensor]) -> None:
        """Takes what `weights` gave, here or in a training of another precision.

        Raises:
            RuntimeError: it is another network's.
        """
        self._model.load_state_dict(state)
        if self._masters:
            self._masters.load(state)

    def state_dict(self) -> dict[str, Any]:
        """The scale and how long it has been good."""
        return self._scaler.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes what `state_dict` gave; nothing happens when either of the two trainings does not scale."""
        if state and self._scaler.is_enabled():
            self._scaler.load_state_dict(state)


class MasterWeights:
    """Converts a model's weights to half, and keeps the float32 that they came from.

    Args:
        model: changed in place; normalisations stay as they are, since half statistics are too coarse.
        dtype: bfloat16 or float16.

    Attributes:
        parameters: float32, in the model's order: copies of what was converted, the model's own where it was not.
    """

    def __init__(self, model: nn.Module, dtype: torch.dtype) -> None:
        self._pairs: dict[str, tuple[nn.Parameter, nn.Parameter]] = {}
        kept = {
            id(own) for module in model.modules() if isinstance(module, _STAY_FLOAT32) for own in module.parameters()
        }
        self.parameters: list[nn.Parameter] = []
        for name, parameter in model.named_parameters():
            if id(parameter) in kept:
                self.parameters.append(parameter)
                continue
            master = nn.Parameter(parameter.detach().clone(), requires_grad=parameter.requires_grad)
            parameter.data = parameter.data.to(dtype)
            self._pairs[name] = (parameter, master)
            self.parameters.append(master)

    def take_gradients(self) -> None:
        """Gives the masters the model's gradients, in float32."""
        for parameter, master in self._pairs.values():
            master.grad = None if parameter.grad is None else parameter.grad.float()

    @torch.no_grad()
    def hand_back(self) -> None:
        """Rounds the masters into the model."""
        for parameter, master in self._pairs.values():
            parameter.copy_(master)

    def named(self) -> dict[str, torch.Tensor]:
        """The masters, under their names in the model's state."""
        return {name: master.detach() for name, (_, master) in self._pairs.items()}

    @torch.no_grad()
    def load(self, state: dict[str, torch.Tensor]) -> None:
        """Takes masters out of a model's state."""
        for name, (_, master) in self._pairs.items():
            master.copy_(state[name])
        self.hand_back()
