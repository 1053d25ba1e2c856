"""A login with a session cookie, in Flask. README.md beside this file says how to run it."""
from flask import Flask, redirect, request, session

application = Flask(__name__)
application.secret_key = "only good enough for an example"

LOGIN = """<form method="post"><input name="name"><button>Log in</button></form>"""


@application.get("/")
def home():
    if "name" not in session:
        return redirect("/login")
    session["visits"] = session.get("visits", 0) + 1
    return f"Hello {session['name']}, this is visit {session['visits']}.\n"


@application.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "GET":
        return LOGIN
    if not request.form.get("name"):
        return LOGIN, 400
    session["name"] = request.form["name"]
    return redirect("/")


@application.post("/logout")
def logout():
    session.clear()
    return redirect("/login")
