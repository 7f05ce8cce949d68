"""What every refusal is: one sentence that says what is wrong, and the next step."""


class Refusal(Exception):
    """A clear sentence (Chinese first) with what to do now, and by whom.

    ``sentence`` says what is wrong; ``next_step`` what to do. The doors (cli, web) print both and nothing else.
    """

    exit_code = 1

    def __init__(self, sentence: str, *, next_step: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}"


class BadConfiguration(Refusal):
    """The edition file, the environment or the holiday table contradicts itself: names file, key and cure."""

    exit_code = 2

    def __init__(self, sentence: str, *, file: str, key: str, next_step: str) -> None:
        super().__init__(f"{file}: {key}: {sentence}", next_step=next_step)
        self.file = file
        self.key = key
