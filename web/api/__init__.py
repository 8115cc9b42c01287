"""The REST API below `/api/v1/`: the same services as the pages, one error shape."""

from ninja import Swagger

from web.api import challenges, handlers, leaderboards, limiting, me, submissions, uploads
from web.api.auth import SIGNED_IN
from web.api.door import Api
from web.api.limiting import Limited

api = Api(
    title="Agon",
    version="1",
    description=(
        "Hosts data challenges. Sign in with a token: `Authorization: Bearer agon_…`; make one on "
        "the page of your account. Every error has one shape: `code`, `message`, `details`."
    ),
    urls_namespace="api",
    auth=SIGNED_IN,
    throttle=[Limited()],
    docs=Swagger({"persistAuthorization": True}),
)
for router in (
    challenges.router,
    leaderboards.router,
    submissions.router,
    uploads.router,
    me.router,
):
    api.add_router("", router)
handlers.register(api)
limiting.register(api)
