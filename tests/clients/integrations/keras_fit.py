"""A real `fit` of Keras 3 on torch, then `evaluate` with the same callback."""

import json

import keras
import numpy as np

from pavi.integrations.keras import PaviCallback

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1)], name="tiny")
model.compile(keras.optimizers.SGD(0.05), loss="mse", metrics=["mae"])
x, y = np.random.rand(12, 3).astype("float32"), np.random.rand(12, 1).astype("float32")
callback = PaviCallback(name="keras", log_every=2, snapshot_every=2)


class Recorded(keras.callbacks.Callback):
    batches = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(float(logs["loss"]))


slower = keras.callbacks.LearningRateScheduler(lambda epoch: 0.05 / (epoch + 1))
history = model.fit(
    x, y, batch_size=4, epochs=2, validation_data=(x, y), verbose=0, callbacks=[slower, Recorded(), callback]
)
first = callback._session.id
tested = model.evaluate(x, y, verbose=0, callbacks=[callback], return_dict=True)
print(
    json.dumps(
        {
            "first": first,
            "id": callback._session.id,
            "history": {key: [float(one) for one in values] for key, values in history.history.items()},
            "batches": Recorded.batches,
            "tested": {key: float(value) for key, value in tested.items()},
            "parameters": model.count_params(),
        }
    )
)
