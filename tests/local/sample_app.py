"""A function app just large enough for `local.run`. Not a test."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route("{*path}", methods=["GET"])  # whatever the route prefix in host.json is
async def Health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: N802  # functions are named in Pascal case
    return func.HttpResponse("{}", mimetype="application/json")
