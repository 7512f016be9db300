"""A real Hugging Face Trainer on a tiny model with random weights, and a search over two trials."""

import json
import sys

import numpy as np
import optuna
import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

from pavi.integrations.transformers import PaviCallback

(folder,) = sys.argv[1:]


def model(trial=None):
    torch.manual_seed(0)
    return BertForSequenceClassification(
        BertConfig(
            vocab_size=11, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, num_labels=2
        )
    )


def arguments(**more):
    return TrainingArguments(
        output_dir=f"{folder}/out",
        per_device_train_batch_size=2,
        max_steps=4,
        logging_steps=1,
        learning_rate=0.01,
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
        run_name="tiny",
        **more,
    )


data = [{"input_ids": [1, 2, index % 11], "labels": index % 2} for index in range(8)]


def accuracy(outcome):
    return {"accuracy": float((np.argmax(outcome.predictions, -1) == outcome.label_ids).mean())}


callback = PaviCallback(tags=["hf"], log_checkpoints=True)
trainer = Trainer(
    model=model(),
    args=arguments(eval_strategy="steps", eval_steps=2, save_steps=2),
    train_dataset=data,
    eval_dataset=data,
    compute_metrics=accuracy,
    callbacks=[callback],
)
trainer.train()
first = callback._session.id
trainer.predict(data)
history = trainer.state.log_history

search = PaviCallback(tags=["search"])
searcher = Trainer(
    model_init=model,
    args=arguments(eval_strategy="steps", eval_steps=4, save_strategy="no"),
    train_dataset=data,
    eval_dataset=data,
    callbacks=[search],
)
ids = []
searcher.hyperparameter_search(
    hp_space=lambda trial: {"learning_rate": trial.suggest_categorical("learning_rate", [0.1, 0.2])},
    hp_name=lambda trial: f"trial-{trial.number}",
    compute_objective=lambda metrics: ids.append(search._session.id) or metrics["eval_loss"],
    n_trials=2,
    backend="optuna",
    sampler=optuna.samplers.GridSampler({"learning_rate": [0.1, 0.2]}),
)
print(json.dumps({"first": first, "id": callback._session.id, "history": history, "trials": ids}))
