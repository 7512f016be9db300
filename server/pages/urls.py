"""Routes of pages."""

from django.urls import path

from server.pages import views

urlpatterns = [
    path("", views.trainings, name="trainings"),
    path("login", views.sign_in, name="login"),
    path("logout", views.sign_out, name="logout"),
    path("trainings/<str:ref>", views.training, name="training"),
    path("compare", views.compare, name="compare"),
    path("compares", views.compares, name="compares"),
    path("compares/<str:ref>", views.saved_compare, name="saved_compare"),
]
