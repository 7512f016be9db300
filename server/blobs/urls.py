"""Routes of blobs."""

from django.urls import URLPattern, path

from server.blobs import views

urlpatterns: list[URLPattern] = [
    path("blobs/small", views.SmallView.as_view()),
    path("blobs/uploads", views.UploadsView.as_view()),
    path("blobs/uploads/<uuid:upload_id>", views.UploadView.as_view()),
    path("blobs/uploads/<uuid:upload_id>/parts/<int:number>", views.PartView.as_view()),
    path("blobs/uploads/<uuid:upload_id>/complete", views.CompleteView.as_view()),
]
