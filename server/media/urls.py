"""Routes of media, below /api/v1/. ``ref`` is a training's UUID or number."""

from django.urls import path

from server.media import views

urlpatterns = [
    path("trainings/<str:ref>/media", views.IndexView.as_view()),
    path("trainings/<str:ref>/media/steps", views.StepsView.as_view()),
    path("trainings/<str:ref>/media/items", views.ItemsView.as_view()),
    path("trainings/<str:ref>/media/<str:item>/file", views.FileView.as_view()),
    path("trainings/<str:ref>/media/<str:item>/thumbnail", views.ThumbnailView.as_view()),
]
