"""Real studies: trials that complete, are pruned and fail, in threads; and one whose objective logs by itself."""

import json

import optuna

from pavi.integrations.optuna import PaviCallback

optuna.logging.set_verbosity(optuna.logging.ERROR)


def objective(trial):
    x = trial.suggest_float("x", -1, 1)
    kind = trial.suggest_categorical("kind", ["round", "square"])
    if trial.number == 2:
        raise ZeroDivisionError("by zero")
    for step in range(3):
        trial.report(x + step, step)
        if trial.number == 1 and step == 1:
            raise optuna.TrialPruned
    return x * x + (kind == "square")


def study(name):
    return optuna.create_study(study_name=name, sampler=optuna.samplers.RandomSampler(seed=0))


runs = study("runs")
with PaviCallback(metric_name="loss", tags=["study"]) as callback:
    runs.optimize(objective, n_trials=4, n_jobs=2, catch=(ZeroDivisionError,), callbacks=[callback])

tracked = study("tracked")
inside = PaviCallback()


@inside.track_in_pavi()
def logging_objective(trial):
    for epoch in range(3):
        inside.training.log({"epoch_loss": epoch / 2}, epoch)
    return objective(trial)


tracked.optimize(logging_objective, n_trials=3, catch=(ZeroDivisionError,), callbacks=[inside])
inside.finish()

points = study("points")
with PaviCallback(as_multirun=False) as whole:
    points.optimize(objective, n_trials=2, callbacks=[whole])


def told(one):
    return {
        "trials": [
            {"params": trial.params, "value": trial.value, "state": trial.state.name.lower()} for trial in one.trials
        ],
        "attributes": one.user_attrs,
    }


print(json.dumps({"runs": told(runs), "tracked": told(tracked), "points": told(points)}))
