export { type Admission, createAdmission } from './admission.ts'
