#!/usr/bin/env python3
"""Django's command line, for those who know it. ``pavi-server`` is the everyday one."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
