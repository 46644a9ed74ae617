"""The text that the character model reads where nobody brings one."""

STORY = """\
a hiker stands on a hill in the fog. she cannot see the valley, but she can feel the slope under her feet. so she takes a step down, \
feels the slope again, and takes another step down. if the step is too small, the night comes before the valley. if the step is too large, \
she jumps over the valley and stands on the other hill. a good step is as long as the slope is safe.

a net learns as the hiker walks. it makes a guess, and the guess is wrong. the loss says how wrong it is. then the net asks each weight: \
if you were a little larger, would the loss be a little larger too? the answer is the slope of the loss, and it is called the gradient. \
each weight takes a small step against its slope, and the next guess is a little less wrong.

who carries the answer to the first weight? the chain rule does. the loss tells the last layer, the last layer tells the layer before it, \
and so the word goes back, from layer to layer, to the start. at each layer the word is multiplied by the slope of that layer. if all the \
slopes are small, the word is a whisper when it comes to the start, and the first weights do not learn. if all the slopes are large, the word \
is a shout, and the first weights jump over the valley.

a net that reads has a memory. it reads a letter, and then it reads the next letter, and it keeps in its memory what it needs to guess the \
letter after that. the word of the loss goes back through the letters too, from the last letter to the first. that is the way through time. \
the longer the way, the weaker the word, but a gate can let the word go by as it is. so the net can learn what was said long ago.
"""
