"""Cannot be imported, so that the server has an import error to tell of. (airflow dag)"""

import a_module_that_nobody_has  # noqa: F401
