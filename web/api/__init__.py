"""The REST API below `/api/v1/`: the same services as the pages, one error shape."""

from ninja import Swagger

from web.api import (
    challenges,
    etags,
    following,
    handlers,
    leaderboards,
    limiting,
    me,
    organising,
    own_files,
    pages,
    plans,
    pushing,
    quotas,
    submissions,
    teams,
    uploads,
)
from web.api.auth import SIGNED_IN
from web.api.description import TEXT
from web.api.door import Api
from web.api.limiting import Limited

api = Api(
    title="Agon",
    version="1",
    description=TEXT,
    urls_namespace="api",
    auth=SIGNED_IN,
    throttle=[Limited()],
    docs=Swagger({"persistAuthorization": True}),
)
for router in (
    challenges.router,
    pages.router,
    plans.router,
    leaderboards.router,
    teams.router,
    quotas.router,
    submissions.router,
    uploads.router,
    following.router,
    own_files.router,
    organising.router,
    pushing.router,
    me.router,
):
    api.add_router("", router)
for part in (handlers, etags, limiting):
    part.register(api)
