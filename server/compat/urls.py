"""Routes that other people's clients call, outside /api/v1/."""

from django.urls import path

from server.compat import views

# Both spellings directly: a client that is redirected sends its body no second time.
urlpatterns = [path("log", views.log), path("log/", views.log)]
