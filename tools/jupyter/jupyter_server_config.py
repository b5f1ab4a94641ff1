"""JupyterLab at the course: pages open as notebooks, nbgrader's tools are there.

`labconfig/` beside this file makes Jupytext the default viewer of Markdown.
"""

c = get_config()

c.ServerApp.jpserver_extensions = {
    "jupyterlab": True,
    "jupyterlab_jupytext": True,
    "nbgrader.server_extensions.formgrader": True,
    "nbgrader.server_extensions.validate_assignment": True,
    "nbgrader.server_extensions.assignment_list": True,
    "nbgrader.server_extensions.course_list": False,  # needs JupyterHub
    "jupyter_lsp": False,  # looks for language servers by npm, which writes to home
}
# No question about news and no look at PyPI for updates at the start.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
