"""The web application: sessions over HTTP, frames over one WebSocket, and the page."""
