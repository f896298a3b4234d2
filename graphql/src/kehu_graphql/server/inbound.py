"""Messages from other systems: `POST /inbound/<plugin>/<name>`, signed as Standard Webhooks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import kehu
from kehu.platform.inbound.receipts import Receipt, receive

_STATUS = {Receipt.ACCEPTED: 202, Receipt.DUPLICATE: 200}
_REFUSED = {"NOT_FOUND": 404, "SIGNATURE_INVALID": 401}


def inbound_route(app: kehu.App) -> Route:
    """Answers 202 once the message is kept, 200 when it was before; 401 without a signature that fits."""

    async def inbound(request: Request) -> Response:
        kind = "{plugin}.{name}".format(**request.path_params)
        try:
            receipt = await receive(
                app, kind, request.headers, await request.body(), request_id=request.state.request_id
            )
        except kehu.Refusal as refusal:
            code = refusal.errors[0].code
            error = {"message": str(refusal), "extensions": {"code": code}}
            return JSONResponse({"errors": [error]}, status_code=_REFUSED.get(code, 503))
        return JSONResponse({"status": receipt.value}, status_code=_STATUS[receipt])

    return Route("/inbound/{plugin}/{name}", inbound, methods=["POST"])
