"""A Flask application that says where it believes to be."""
from flask import Flask, jsonify, redirect, request, url_for

application = Flask(__name__)


@application.get("/")
def home():
    return redirect(url_for("item", name="first"))


@application.get("/items/<path:name>")
def item(name):
    return jsonify(
        script_root=request.script_root,
        path=request.path,
        url=request.url,
        name=name,
        home=url_for("home"),
        external=url_for("item", name="a b", _external=True),
    )
