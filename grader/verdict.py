"""A test cell's verdict is whether it raised: neither warnings nor values change it.

nbgrader scores a cell 0 when anything was printed to stderr, so a harmless warning
would cost the exercise; and it takes a displayed number for partial credit, so
displaying one would earn points.
"""

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor


class ReadVerdicts(NbGraderPreprocessor):
    """Make the outputs of test cells mean what they should; runs after execution."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, cell_index: int
    ) -> tuple[NotebookNode, dict]:
        """nbconvert's entry point, called for each cell."""
        if utils.is_grade(cell) and cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"
                elif output.output_type == "execute_result":
                    output.output_type = "display_data"
                    del output["execution_count"]
        return cell, resources
