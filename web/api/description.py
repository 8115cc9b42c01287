"""What the API's description says about all of its operations."""

TEXT = """\
Hosts data challenges. The pages of the site and this API do the same, by the same services.

**Signing in.** Send a token: `Authorization: Bearer …`. Make one on the page of your account, or
let a program sign in with a code (OAuth 2.0 Device Authorization Grant, RFC 8628): it posts
`client_id=agon-cli` and `scope=read submit` to `/identity/o/api/device/code`, shows the person
`user_code` and `verification_uri`, and posts `client_id`, `device_code` and
`grant_type=urn:ietf:params:oauth:grant-type:device_code` to `/identity/o/api/token` every
`interval` seconds until there is an `access_token`. It holds for 90 days and is given up at
`/identity/o/api/revoke`, or by `DELETE me/tokens/current`.
`/.well-known/oauth-authorization-server` says all of these addresses. A browser's session works
too; requests that change something then need the header `X-CSRFToken`.

**Scopes.** A token may `read`, `submit` (take part) or `organise`; each operation names the one
that it needs, and 403 `scope-missing` names the one that a token lacks.

**Errors** have one shape: `code` for programs, `message` for people, `details`.

**Lists** come in pages: pass `next` of one as `cursor` of the following.

**ETags.** Every GET has one; with `If-None-Match` an unchanged answer is 304 without a body.

**Limits.** Who asks too often gets 429 `rate-limited`; `Retry-After` says after how many seconds
to ask again.

**Twice is once.** Requests that create something take the header `Idempotency-Key`: for 24 hours
the same key with the same body gets the same answer, without a second effect. Those that take
none have no second effect by themselves.
"""
