"""Words for the two-word code: short, concrete, easy to say and to tell apart."""

_WORDS = """
acorn amber anchor apple apron arrow autumn badge bamboo basket beacon berry birch bottle bridge
brook button cabin candle canvas carpet cedar cellar cherry circle clover cloud comet copper
coral cotton crane cricket crystal curtain daisy desert dolphin domino dune eagle easel echo
ember engine falcon feather fern fiddle field finch flame flint forest fossil fountain garden
garnet ginger glacier goose granite grape guitar hammock harbour hazel hedge heron hollow honey
horizon island ivory ivy jacket jasmine jewel juniper kettle kite ladder lagoon lantern lemon
lilac linen lobster lotus magnet mango maple marble meadow melon mirror mitten moss mountain
nectar needle nutmeg oak ocean olive onyx orchard otter oyster paddle palm panther paper parrot
pebble pepper piano pigeon pillow planet plum pocket pony poppy prairie puzzle quartz quill
rabbit raven ribbon river robin rocket saddle saffron sail salmon sandal satin shadow shell
silver sparrow spruce squirrel stone summer swallow teapot thimble thunder tiger timber tulip
tunnel turtle valley vanilla velvet violet violin walnut water whale willow window winter wren
yarn zebra
"""
WORDS = tuple(_WORDS.split())
