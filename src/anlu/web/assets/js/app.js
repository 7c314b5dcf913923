// Behaviour of every page. Pages work without it; each part only makes something quicker.
import { startDialogs } from './dialogs.js'
import { startForms } from './forms.js'
import { startFrame } from './frame.js'
import { startIslands } from './islands.js'
import { startKeeping } from './keeping.js'
import { startKeyboard } from './keyboard.js'
import { startLedgers } from './ledgers.js'
import { startRequests } from './requests.js'
import { startScreen } from './screen.js'
import { startTicks } from './ticks.js'
import { startToasts } from './toasts.js'

document.documentElement.classList.add('js')

startRequests()
startFrame()
startDialogs()
startKeeping()
startForms()
startKeyboard()
startLedgers()
startToasts()
startScreen()
startTicks()
startIslands()
