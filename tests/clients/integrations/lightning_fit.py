"""A real Lightning Trainer. Arguments: the package's name, and how many ranks; with one, another training fails."""

import importlib
import json
import pickle
import sys

import torch

package, ranks = sys.argv[1:]
pl = importlib.import_module(package)
callbacks = importlib.import_module(f"{package}.callbacks")

from pavi.integrations.lightning import PaviLogger  # noqa: E402  # after the package that it shall follow


class Line(pl.LightningModule):
    fails = False

    def __init__(self, rate=0.5):
        super().__init__()
        self.save_hyperparameters()
        self.line = torch.nn.Linear(2, 1)
        self.example_input_array = torch.zeros(1, 2)

    def forward(self, x):
        return self.line(x)

    def training_step(self, batch, index):
        if self.fails and (self.current_epoch, index) == (1, 2):
            raise ValueError("no more data")
        self.log("train/index", float(index))
        return self.line(batch[0]).square().mean()

    def validation_step(self, batch, index):
        self.log("val/epoch", float(self.current_epoch))

    def test_step(self, batch, index):
        self.log("test/answer", 42.0)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.rate)


def loader():
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(8, 2)), batch_size=1)


def trainer_for(logger, devices=1):
    return pl.Trainer(
        accelerator="cpu",
        devices=devices,
        strategy="ddp" if devices > 1 else "auto",
        max_epochs=2,
        log_every_n_steps=1,
        enable_progress_bar=False,
        enable_model_summary=False,
        logger=logger,
        callbacks=[callbacks.ModelCheckpoint(monitor="val/epoch", mode="max", save_top_k=1, save_last=True)],
    )


if __name__ == "__main__":
    logger = PaviLogger(name=package, log_model=True, log_graph=True, tags=["lightning"])
    trainer = trainer_for(logger, devices=int(ranks))
    trainer.fit(Line(), loader(), loader())
    if trainer.is_global_zero:
        told = {"id": logger.version, "ended": not logger._session.running}
        told |= {"folder": trainer.checkpoint_callback.dirpath, "steps": trainer.global_step}
        assert pickle.loads(pickle.dumps(logger)).version == logger.version  # as launchers that spawn do
        logger.log_image("samples", [torch.rand(3, 4, 5), torch.rand(3, 4, 5)], step=3, caption=["a", "b"])
    trainer.test(Line(), loader(), verbose=False)
    if int(ranks) == 1:
        failing = PaviLogger(project="failures", prefix="second", log_model="all")
        trainer = trainer_for(failing)
        broken = Line()
        broken.fails = True
        try:
            trainer.fit(broken, loader(), loader())
        except ValueError:
            told["failed"] = failing.version
    if trainer.is_global_zero:
        print(json.dumps(told))
