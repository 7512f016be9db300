"""Routes of the ModelCloud, below /api/v1/."""

from django.urls import path

from server.modelcloud.views import nodes

urlpatterns = [
    path("modelcloud/node", nodes.NodeView.as_view()),
    path("modelcloud/nodes", nodes.NodesView.as_view()),
    path("modelcloud/files", nodes.FilesView.as_view()),
    path("modelcloud/file", nodes.FileView.as_view()),
]
