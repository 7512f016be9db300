"""Routes of accounts."""

from django.urls import path

from server.accounts import views

urlpatterns = [
    path("me", views.MeView.as_view()),
    path("login", views.LoginView.as_view()),
    path("logout", views.LogoutView.as_view()),
    path("tokens", views.TokensView.as_view()),
    path("tokens/<int:token_id>", views.TokenView.as_view()),
    path("audit", views.AuditView.as_view()),
]
