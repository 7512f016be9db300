"""Routes of pages."""

from django.urls import path

from server.pages import dashboard, views

urlpatterns = [
    path("", views.trainings, name="trainings"),
    path("app", dashboard.dashboard, name="dashboard"),
    path("app/", dashboard.dashboard),
    path("app/<path:path>", dashboard.dashboard),
    path("login", views.sign_in, name="login"),
    path("logout", views.sign_out, name="logout"),
    path("trainings/<str:ref>", views.training, name="training"),
    path("trainings/<str:ref>/traces/<str:item>", views.trace, name="trace"),
    path("models", views.models, name="models"),
    path("models/", views.models),
    path("models/<path:path>", views.models, name="model"),
    path("compare", views.compare, name="compare"),
    path("compares", views.compares, name="compares"),
    path("compares/<str:ref>", views.saved_compare, name="saved_compare"),
]
