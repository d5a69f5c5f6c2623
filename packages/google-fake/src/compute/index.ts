export { type Route, computeRoute } from './compute.ts'
export { describeWork } from './describe.ts'
export { type Disk, type Outcome, type Project, type Vm, type Watcher, createProject, newFingerprint, newId } from './project.ts'
