"""What a route may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from kg.published import PublishedGraph


# Not in a thread, as plain functions are: that would cost each request two switches.
async def _graph(request: Request) -> PublishedGraph:
    graph: PublishedGraph = request.app.state.graph
    return graph


GraphDep = Annotated[PublishedGraph, Depends(_graph)]
