"""Routes of trainings. ``ref`` is a UUID or a number."""

from django.urls import path

from server.trainings.views import compares, projects, snapshots, trainings, writers

urlpatterns = [
    path("projects", projects.ProjectsView.as_view()),
    path("projects/<uuid:project_id>", projects.ProjectView.as_view()),
    path("projects/<uuid:project_id>/members", projects.MembersView.as_view()),
    path("projects/<uuid:project_id>/members/<str:username>", projects.MemberView.as_view()),
    path("projects/<uuid:project_id>/snapshots/rules", snapshots.ProjectRulesView.as_view()),
    path("writers/<uuid:writer_id>", writers.WriterView.as_view()),
    path("trainings", trainings.TrainingsView.as_view()),
    path("trainings/<str:ref>", trainings.TrainingView.as_view()),
    path("trainings/<str:ref>/restore", trainings.RestoreView.as_view()),
    path("trainings/<str:ref>/console", trainings.ConsoleView.as_view()),
    path("trainings/<str:ref>/snapshots", snapshots.SnapshotsView.as_view()),
    path("trainings/<str:ref>/snapshots/rules", snapshots.TrainingRulesView.as_view()),
    path("trainings/<str:ref>/snapshots/<uuid:snapshot_id>", snapshots.SnapshotView.as_view()),
    path("trainings/<str:ref>/snapshots/<uuid:snapshot_id>/file", snapshots.SnapshotFileView.as_view()),
    path("compares", compares.ComparesView.as_view()),
    path("compares/<str:ref>", compares.CompareView.as_view()),
    path("compares/<str:ref>/trainings", compares.CompareTrainingsView.as_view()),
    path("compares/<str:ref>/trainings/<str:training>", compares.CompareTrainingView.as_view()),
]
