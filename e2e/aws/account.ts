/** The account that moto plays, and what lies in it. */
export const region = 'eu-west-1'
/** The smallest that EC2 gives; Auto Scaling would give smaller ones. */
export const pageSize = 5
export const keys = { accessKeyId: 'AKIAKUBENODETEST0001', secretAccessKey: 'moto-secret-5f0c1d' }
/** AWS does not know it. */
export const refused = { accessKeyId: 'AKIAKUBENODEREFUSED1', secretAccessKey: 'moto-secret-refused' }
export const subnetTags = { 'kube-node-test': 'nodes' }
