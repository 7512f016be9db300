"""Routes of the ModelCloud, below /api/v1/."""

from django.urls import path

from server.modelcloud.views import nodes, trash, versions

urlpatterns = [
    path("modelcloud/node", nodes.NodeView.as_view()),
    path("modelcloud/nodes", nodes.NodesView.as_view()),
    path("modelcloud/nodes/<uuid:node_id>", trash.TrashedNodeView.as_view()),
    path("modelcloud/nodes/<uuid:node_id>/restore", trash.RestoreView.as_view()),
    path("modelcloud/files", nodes.FilesView.as_view()),
    path("modelcloud/file", nodes.FileView.as_view()),
    path("modelcloud/tensors", nodes.TensorsView.as_view()),
    path("modelcloud/move", nodes.MoveView.as_view()),
    path("modelcloud/trash", trash.TrashView.as_view()),
    path("modelcloud/versions", versions.VersionsView.as_view()),
    path("modelcloud/versions/<uuid:version_id>", versions.VersionView.as_view()),
    path("modelcloud/aliases", versions.AliasesView.as_view()),
    path("modelcloud/history", versions.HistoryView.as_view()),
    path("modelcloud/promote", versions.PromoteView.as_view()),
    path("modelcloud/quota", trash.QuotaView.as_view()),
]
