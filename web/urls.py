"""Addresses."""

from django.urls import include, path

from web.api import api
from web.views import (
    account,
    artifacts,
    challenges,
    devices,
    health,
    joining,
    leaderboards,
    organising,
    submissions,
    submitting,
    teams,
    theme,
)

handler400 = "web.views.errors.bad_request"
handler403 = "web.views.errors.not_allowed"
handler404 = "web.views.errors.not_found"

CHALLENGE = [
    path("", challenges.overview, name="challenge"),
    path("data/", challenges.data, name="challenge-data"),
    path("pages/<slug:name>/", challenges.page, name="challenge-page"),
    path("files/<path:path>", challenges.download, name="challenge-file"),
    path("join/", joining.join_challenge, name="join"),
    path("team/", teams.show_team, name="team"),
    path("team/rename/", teams.rename, name="team-rename"),
    path("team/invitation/", teams.renew_link, name="team-invitation"),
    path("team/leave/", teams.leave, name="team-leave"),
    path("submit/", submitting.choose_phase, name="submit-phase"),
    path("submit/<slug:phase>/", submitting.submit_to_phase, name="submit"),
    path("submissions/", submissions.my_submissions, name="my-submissions"),
    path("organise/", organising.organise, name="organise"),
    path("leaderboard/", leaderboards.default_board, name="leaderboard"),
    path("leaderboard/<slug:phase>/<slug:board>/", leaderboards.show_board, name="board"),
    path("leaderboard/<slug:phase>/<slug:board>.csv", leaderboards.board_as_csv, name="board-csv"),
    path(
        "leaderboard/<slug:phase>/<slug:board>.json", leaderboards.board_as_json, name="board-json"
    ),
]
SUBMISSION = [
    path("", submissions.show_submission, name="submission"),
    path("cancel/", submissions.cancel_submission, name="submission-cancel"),
    path("choose/", submissions.choose_submission, name="submission-choose"),
    path("cases.csv", submissions.cases_csv, name="submission-cases"),
    path("artifacts/<uuid:artifact_id>/", artifacts.show_artifact, name="submission-artifact"),
    path("logs/<uuid:evaluation_id>/", submissions.show_log, name="submission-log"),
]
ACCOUNT = [
    path("", account.show_account, name="account"),
    path("name/", account.change_name, name="account-name"),
    path("tokens/", account.new_token, name="token-new"),
    path("tokens/<int:token_id>/revoke/", account.remove_token, name="token-revoke"),
    path("devices/<int:device_id>/sign-out/", devices.sign_out_device, name="device-sign-out"),
]
urlpatterns = [
    path("", challenges.home, name="home"),
    path("challenges/<slug:slug>/", include(CHALLENGE)),
    path("submissions/<uuid:submission_id>/", include(SUBMISSION)),
    path("invitations/<str:word>/", joining.invitation, name="invitation"),
    path("account/", include(ACCOUNT)),
    path("accounts/", include("allauth.urls")),
    path("", include(("web.oauth", "idp"))),
    path("theme/", theme.choose_theme, name="theme"),
    path("api/v1/", api.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
