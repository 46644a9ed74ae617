"""The pages' templates, with the addresses of what they load."""

from fastapi.templating import Jinja2Templates

from app.assets import PLOTLY, SHELF
from app.settings import ROOT

templates = Jinja2Templates(directory=ROOT / "templates")
templates.env.globals.update(asset=SHELF.address, modules=SHELF.modules, plotly_url=PLOTLY)
