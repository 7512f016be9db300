"""What can go wrong with users, tokens and roles.

InvalidInput
├── BadUsername
├── BadPassword
└── BadToken
NotAuthenticated
└── WrongLogin
NotFound
├── NoSuchUser
└── NoSuchToken
Conflict
└── UsernameTaken
TooMany
└── TooManyLogins
"""

from server.common import errors


class BadUsername(errors.InvalidInput):
    code = "accounts.bad_username"


class BadPassword(errors.InvalidInput):
    code = "accounts.bad_password"


class BadToken(errors.InvalidInput):
    code = "accounts.bad_token"


class WrongLogin(errors.NotAuthenticated):
    code = "accounts.wrong_login"


class NoSuchUser(errors.NotFound):
    code = "accounts.no_such_user"


class NoSuchToken(errors.NotFound):
    code = "accounts.no_such_token"


class UsernameTaken(errors.Conflict):
    code = "accounts.username_taken"


class TooManyLogins(errors.TooMany):
    code = "accounts.too_many_logins"
