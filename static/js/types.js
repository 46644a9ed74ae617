/**
 * The shapes that travel: what the server answers, what the store holds, what views and commands are given.
 * This file holds types only; it exports one constant so that it is a module.
 *
 * @typedef {{update: number, instruction: number}} Position
 *
 * @typedef {object} State  where a session stands, the answer of every command
 * @property {Position} position
 * @property {number} epoch
 * @property {"start" | "forward" | "loss" | "backward" | "update"} phase
 * @property {boolean} running
 * @property {number | null} rate  units per second, null for as fast as possible
 * @property {Unit} unit
 * @property {boolean} diverged
 * @property {number | null} loss
 * @property {number | null} objective
 * @property {Record<string, number | null> | null} [losses]  of each player, in a game
 * @property {number[]} batch  example numbers
 * @property {string} sentence
 * @property {string} next
 * @property {number} revision
 * @property {boolean} can_go_back
 * @property {Bug | null} bug  a mistake that is made on purpose, or whose numbers are still shown
 * @property {Position} [earliest]  the earliest position that can be gone back to
 * @property {number} [serial]  rises with every change, so that an older state is known as such
 * @property {Position} [end]  how far this branch has come
 * @property {number} [branch]  the branch that it is in
 * @property {number} [branches]  how many there are
 * @property {number} [marks]  another number whenever a branch or a mark of the timeline is another one
 * @property {any} [settings]  those in force
 * @property {any} [fault]  the operation that gives the first number that is not finite
 * @property {any} [hit]  the breakpoint that stopped the run
 * @property {number[]} [every]  each breakpoint is asked once in so many updates
 * @property {string} [notice]  what there is to say of the last command
 *
 * @typedef {{kind: string, title: string, description: string, does: string, on: boolean, shown: boolean, sentence: string}} Bug
 * @typedef {"op" | "layer" | "pass" | "batch" | "epoch"} Unit
 * @typedef {"gradients" | "weights"} Lens
 * @typedef {"example" | "batch"} Scope
 *
 * @typedef {object} Session
 * @property {string} id
 * @property {string} token
 * @property {Spec} spec
 * @property {Position} position
 * @property {State} state
 * @property {number} parameters
 * @property {{network: number, examples: number, past: number, most: number}} [bytes]  what it takes of the server's memory
 * @property {number} instructions
 * @property {Record<string, string>} links
 *
 * @typedef {{kind: string, [field: string]: any}} Part
 * @typedef {{seed: number, dtype: string, batch_size: number, data: Part, task: Part, layers: Part[], loss: Part, optimizer: Part, clip: Part | null, gradient: Part, bug?: Part | null, l1: number, l2: number, [field: string]: any}} Spec
 * @typedef {{name: string, title: string, description: string, spec: Spec, laboratory?: string | null, opens?: Record<string, any>}} Preset
 *
 * @typedef {object} GraphNode
 * @property {number} id
 * @property {string} name
 * @property {string | null} [text]  what a formula's value is called
 * @property {string | null} [says]  and how it is worked out
 * @property {"input" | "target" | "noise" | "constant" | "parameter" | "value" | "loss"} role
 * @property {string} op
 * @property {number[]} inputs
 * @property {(number | string)[]} shape
 * @property {string} scope
 * @property {number | null} layer
 * @property {number | null} value_at  the instruction that completes it
 * @property {number | null} cotangent_at
 *
 * @typedef {object} Instruction
 * @property {number} index
 * @property {"forward" | "loss" | "backward" | "update"} phase
 * @property {number} [turn]  of the players, in a game
 * @property {number | null} layer
 * @property {string} group
 * @property {string} short
 * @property {string} op
 * @property {number | null} node
 * @property {string | null} wrt
 * @property {{node: number, what: string}[]} computes
 * @property {string} done
 * @property {string} todo
 * @property {string} formula
 *
 * @typedef {{name: string, layer: number, node: number, shape: number[], offset: number, size: number, gradient_at: number | null, updated_at: number | null, frozen: boolean, kept: boolean}} Parameter
 * @typedef {{index: number, text: string, units: number, texts: string[], symbols: string[], pre: number | null, post: number, layers: number[], activation: string | null, kind?: "neurons" | "images" | "sequence" | "block", first?: number, skips?: string[], shape?: number[], hidden?: number | null, moments?: Moment[]}} Column
 * @typedef {{t: number, way: string, h: number, c: number | null, first: number}} Moment  a time step of a recurrent layer: its nodes
 * @typedef {{parameter: string, bias: string | null, from: number, to: number, layer: number}} Link
 * @typedef {{name?: string, node?: number, shape?: number[], size?: number}} Slot
 *
 * @typedef {object} Graph
 * @property {number} revision
 * @property {GraphNode[]} nodes
 * @property {Instruction[]} instructions
 * @property {{layer: number, scope: string, kind: "sequence" | "window", label: string}[]} insides  layers that can be looked into, those inside others too
 * @property {Parameter[]} parameters
 * @property {Column[]} columns
 * @property {Link[]} links
 * @property {{kind: string, formula?: string, notes: string[], turns?: {name: string, start: number, stop: number, loss: number, learns: boolean, layers: number[], says: string}[]}} [task]
 * @property {{node: number, label: string, short: string, output: "logit" | "probability" | "value"}} loss
 * @property {Record<string, Slot[]>} fields
 * @property {Record<string, string | null>} bugs  why each would change nothing in this network; null where it would
 *
 * @typedef {{data: Float32Array, exponent: number, shape: number[]}} Numbers  true value = data[i] · 2^exponent
 *
 * @typedef {object} Frame
 * @property {number} revision
 * @property {number} sequence
 * @property {number} update
 * @property {number} instruction
 * @property {number} epoch
 * @property {boolean} running
 * @property {boolean} diverged
 * @property {boolean} bug  a bug is on, or its numbers are shown
 * @property {Record<string, Record<string, Numbers>>} fields  by field, then by name; values and cotangents by node id
 *
 * @typedef {object} Data
 * @property {"binary" | "classes" | "regression"} task
 * @property {string[]} columns
 * @property {string[]} [features]  what the network sees of them
 * @property {number} train
 * @property {number} test
 * @property {number[][]} inputs
 * @property {any[]} targets  a class or numbers for each example, or for each of its steps
 * @property {string[] | null} class_names
 * @property {[number, number][] | null} ranges
 * @property {{height: number, width: number, max: number} | null} image
 * @property {number[]} shape  of one example: one number, or steps and values
 * @property {number[]} target_shape  of what is asked of it
 * @property {string | null} alphabet  the characters of a text, by their numbers
 *
 * @typedef {object} Predictions
 * @property {(number | null)[][]} outputs
 * @property {any[] | null} labels  a class for each example, or for each of its steps
 * @property {boolean[] | null} correct
 * @property {(number | null)[]} losses
 * @property {number | null} worst
 * @property {{train: number | null, test: number | null} | null} accuracy
 * @property {{answer: number, train: number, test: number | null} | null} baseline  the most frequent answer, and how often it is right
 * @property {{train: number | null, test: number | null}} loss
 * @property {{train: number[][], test: number[][]} | null} confusion
 *
 * @typedef {object} Surface  values of each unit over the input plane, rows by x₂ and columns by x₁, both rising
 * @property {number} resolution
 * @property {[number, number][]} ranges
 * @property {Record<string, Float32Array[]>} nodes  node id (or "prediction") → one grid per unit
 *
 * @typedef {{lo: number, hi: number, rescaled: number}} Legend  decades
 * @typedef {{tone: "note" | "bad", text: string, action?: {label: string, run: () => void} | null, actions?: {label: string, run: () => void}[], told?: boolean}} Notice  `told` by the server, and gone with its next state
 *
 * @typedef {{file: Blob & {name?: string}, data: any, columns: {name: string, role: "input" | "target", kind: string}[], notes: string[]}} Table
 *
 * @typedef {{target: string, symbol: string, text: string, example: number | null, instruction: number, todo: string, formula: string}} Question
 *
 * @typedef {"setup" | "menu" | "inspector" | "output" | "run"} Place  what a link may leave out of the page
 * @typedef {{projector: boolean, hide: Place[]}} Manner  how a link wants the page to look
 *
 * @typedef {{scope: string | null, head: number, cell: number[]}} Attending
 * @typedef {{layer: number | null, unit: number, axes: number[], z: number[] | null, shown: string | null}} Charting  which number of a description is laid open, which two a map shows, the point that is decoded (the mean where null) and the class that is brought out
 *
 * @typedef {object} Store  everything the page knows
 * @property {Session | null} session
 * @property {State | null} state
 * @property {Graph | null} graph
 * @property {Frame | null} frame
 * @property {Data | null} data
 * @property {Predictions | null} predictions
 * @property {Surface | null} surface
 * @property {any} metrics
 * @property {any} written  what a network that reads a text has written
 * @property {any} samples  what a generator makes, and the modes that it reaches
 * @property {any} delivery  what the last update promised and delivered
 * @property {any[] | null} catalog
 * @property {Preset[] | null} presets
 * @property {any} limits
 * @property {Lens} lens
 * @property {Scope} scope
 * @property {Unit} unit
 * @property {number | null} rate
 * @property {number | null} focus  the followed example
 * @property {{target: string} | null} pinned
 * @property {{targets: string[]} | null} hover  what is pointed at, in the words of layout/target.js; several where it is a path
 * @property {any} explain
 * @property {any} checks
 * @property {Legend | null} legend
 * @property {"open" | "connecting" | "lost"} connection
 * @property {Notice | null} notice
 * @property {Manner} manner  how the page's link wants it to look
 * @property {any[] | null} lessons  what can be learned, once it was asked for
 * @property {{lesson: any, step: number, answer: {right: boolean, text: string} | null} | null} lesson  the lesson that is open
 * @property {string | null} panel  the panel that is open under the lab
 * @property {any[] | null} branches  as the server lists them, without curves
 * @property {any} rival  the branch that the current one is compared with: its number, curves and surface
 * @property {any[]} breakpoints  what runs stop at
 * @property {string} section  what is asked of a pinned weight: "chain", or the name of a section of the inspector
 * @property {any} detail  the answer of that section, with the target and the section that it is of
 * @property {Record<string, number>} held  what is chosen among a section's measured numbers
 * @property {Record<string, number>} ask  what a section is to measure beside them
 * @property {string} form  what the code panel shows: "session", "worksheet", or a form of `code`
 * @property {{form: string, blanks: string[], density: string, digits: number, key: boolean, seed: number}} sheet  what a worksheet is to be
 * @property {any} code  the session written down in that form, with the position that it is of; or why it is refused
 * @property {boolean} predicting  the next number is asked for before each step
 * @property {{question: Question | null, why: string | null} | null} question
 * @property {{mark: string, sentence: string} | null} verdict  of the last answer
 * @property {string[]} marks  of this session's answers
 * @property {number} reminded  how often a step was asked for instead of an answer
 * @property {any} [specSchema]  the schema of a whole spec
 * @property {any} [refusal]  what the server refused in the form, and at which field
 * @property {{view: string | null, filter: number, channel: number, at: string | null, tap: string | null, pixel: string | null, shared: boolean, of: string | null, element: number | null, unit: number, way: string, gates: boolean, cut: number | null, updates: number | null, node: number | null, place: number}} inside  what of a layer is looked into
 * @property {any} opened  the server's answer to it
 * @property {any} attention  one head of an attention laid open
 * @property {Attending} attending  which layer, head and cell of it
 * @property {any} latent  a variational layer laid open: its draw, its map and what is decoded
 * @property {Charting} charting  what of it is looked at
 * @property {any} noise  how the noise of a batch falls with its size
 * @property {any} cost  what the gradient costs by every way to it; or why it is refused
 * @property {any} [numbers]  the exact numbers of the table
 * @property {Table | null} [table]  the file that was brought last, as the server read it
 *
 * @typedef {Handle<Store>} StoreHandle
 * @typedef {Record<string, (...args: any[]) => any>} Commands
 * @typedef {{store: StoreHandle, commands: Commands}} Context  what a factory of commands is given
 */

/**
 * @template {object} S
 * @typedef {{get: () => S, set: (patch: Partial<S>) => void, subscribe: (listener: (state: S, before: S) => void) => () => void}} Handle  on the one object of a page
 */

/**
 * The laboratory's page.
 *
 * @typedef {{update: number, train_loss: number | null, test_loss: number | null, accuracy: number | null, gradients: [number, number, number][], spreads: {mean: number, deviation: number, signal: number}[], marks: string[], length: number | null, applied: number | null}} Measured
 * @typedef {{remedies: string[], clips: boolean, parameters: number, places: string[], rows: string[], moments: Measured[], stopped: string | null, summary: Record<string, any>}} Trial
 * @typedef {Part & {net: string, depth: number, data: Part, initializer: Part}} Pathology
 * @typedef {{key: string, name: string, remedies: Part[], trial: Trial | null, refused: string | null}} Treatment  one card of the page
 * @typedef {{axes: {depths: string, activations: string[], initializers: string[], remedies: string[], updates: number}, answer: any, mine: any[], refused: string | null}} SweepState  mine: one's own, without their cells
 *
 * @typedef {object} Case  what the laboratory's store holds
 * @property {any[]} catalog
 * @property {any} schema
 * @property {any[]} cases
 * @property {string | null} chosen  the ready-made case on the screen
 * @property {Pathology | null} pathology
 * @property {Record<string, Part>} remedies  those switched on, by kind
 * @property {boolean} together  whether all of them are tried in one net too
 * @property {number} updates
 * @property {number} at  which measured moment is shown in depth, from the first; far beyond is the last
 * @property {Treatment[]} treatments
 * @property {Record<string, string>} errors
 * @property {string | null} trouble  why nothing comes
 * @property {SweepState} sweep
 */
export const types = true;
