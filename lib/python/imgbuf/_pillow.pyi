from contextlib import AbstractContextManager

import PIL.Image

from imgbuf._imgbuf import Image

def from_pillow(im: PIL.Image.Image) -> Image: ...
def pillow_single_block(bytes: int | None = None) -> AbstractContextManager[None]: ...
