"""Asking: every scanner by name, and the run that drives their jobs.

A scanner is a module or a folder here whose name has no underscore; the name of the file is the name
that a user types.  The folder is walked, so there is no list to forget, and a scanner's SDK is imported
only when one of its jobs is performed.
"""

from __future__ import annotations

from scanners._health import of_files, of_names
from scanners._jobs import Deadline, Job, Scanner, Step, Task
from scanners._names import load, names
from scanners._run import Done, InlineExecutor, cluster, executor, run
from scanners._targets import targets
from scanners._templates import configuration_template, register_template

__all__ = [
    "Deadline",
    "Done",
    "InlineExecutor",
    "Job",
    "Scanner",
    "Step",
    "Task",
    "cluster",
    "configuration_template",
    "executor",
    "load",
    "names",
    "of_files",
    "of_names",
    "register_template",
    "run",
    "targets",
]
