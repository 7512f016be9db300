"""HTTP of projects and their members."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.principal import Role
from server.accounts.views import caller
from server.trainings import serializers
from server.trainings.selectors import projects as selectors
from server.trainings.services import projects as services


class ProjectsView(APIView):
    """All projects."""

    @extend_schema(operation_id="projects_list", responses=serializers.ProjectsSerializer)
    def get(self, request: Request) -> Response:
        """Projects that I may see, mine first."""
        items = selectors.list_projects(viewer=caller(request))
        return Response(serializers.ProjectsSerializer({"items": items}).data)

    @extend_schema(
        operation_id="projects_create",
        request=serializers.CreateProjectSerializer,
        responses={201: serializers.ProjectSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a project of mine."""
        body = serializers.CreateProjectSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        project = services.create_project(actor=caller(request), **body.validated_data)
        row = selectors.project_row(viewer=caller(request), project=project)
        return Response(serializers.ProjectSerializer(row).data, status=201)


class ProjectView(APIView):
    """One project."""

    @extend_schema(operation_id="projects_read", responses=serializers.ProjectSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """One project."""
        project = selectors.find_project(viewer=caller(request), project_id=project_id)
        row = selectors.project_row(viewer=caller(request), project=project)
        return Response(serializers.ProjectSerializer(row).data)

    @extend_schema(
        operation_id="projects_change",
        request=serializers.ChangeProjectSerializer,
        responses=serializers.ProjectSerializer,
    )
    def patch(self, request: Request, project_id: UUID) -> Response:
        """Rename, share, describe or archive; owners only."""
        project = selectors.find_project(viewer=caller(request), project_id=project_id)
        body = serializers.ChangeProjectSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        project = services.change_project(actor=caller(request), project=project, changes=body.validated_data)
        row = selectors.project_row(viewer=caller(request), project=project)
        return Response(serializers.ProjectSerializer(row).data)

    @extend_schema(operation_id="projects_delete", responses={204: None})
    def delete(self, request: Request, project_id: UUID) -> Response:
        """Delete an empty project; owners only."""
        project = selectors.find_project(viewer=caller(request), project_id=project_id)
        services.delete_project(actor=caller(request), project=project)
        return Response(status=204)


class MembersView(APIView):
    """Who is in a project."""

    @extend_schema(operation_id="members_list", responses=serializers.MembersSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Members of a project, shown to members."""
        items = selectors.members(viewer=caller(request), project_id=project_id)
        return Response(serializers.MembersSerializer({"items": items}).data)

    @extend_schema(
        operation_id="members_set", request=serializers.SetMemberSerializer, responses=serializers.MembersSerializer
    )
    def put(self, request: Request, project_id: UUID) -> Response:
        """Give somebody a role, in place of the one he had; owners only."""
        project = selectors.find_project(viewer=caller(request), project_id=project_id)
        body = serializers.SetMemberSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        services.set_member(
            actor=caller(request),
            project=project,
            username=body.validated_data["username"],
            role=Role(body.validated_data["role"]),
        )
        items = selectors.members(viewer=caller(request), project_id=project_id)
        return Response(serializers.MembersSerializer({"items": items}).data)


class MemberView(APIView):
    """One member of a project."""

    @extend_schema(operation_id="members_remove", responses={204: None})
    def delete(self, request: Request, project_id: UUID, username: str) -> Response:
        """Take somebody's role away; owners, or anybody his own."""
        project = selectors.find_project(viewer=caller(request), project_id=project_id)
        services.remove_member(actor=caller(request), project=project, username=username)
        return Response(status=204)
