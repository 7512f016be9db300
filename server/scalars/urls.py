"""Routes of scalars. The ingest endpoint is not among them: `server.config.asgi` dispatches it."""

from django.urls import path

from server.scalars import views

urlpatterns = [
    path("scalars/series", views.SeriesView.as_view()),
    path("scalars/query", views.QueryView.as_view()),
    path("scalars/points", views.PointsView.as_view()),
    path("scalars/latest", views.LatestView.as_view()),
    path("scalars/export", views.ExportView.as_view()),
    path("scalars/checksums", views.ChecksumsView.as_view()),
]
