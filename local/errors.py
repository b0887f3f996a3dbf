"""What can go wrong with the AWS of one machine, in sentences for the person at the keyboard."""


class LocalAwsError(Exception):
    """Something about the local AWS failed; the message says what and what to do."""


class EmulatorVersionError(LocalAwsError):
    """The installed MiniStack is not the one that our corrections were written for."""


class ServiceStartError(LocalAwsError):
    """A process of the local AWS did not become ready, or died."""


class DeployError(LocalAwsError):
    """Bootstrapping, synthesizing or deploying failed; the message carries CloudFormation's reason."""
