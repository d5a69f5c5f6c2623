/** What `kubectl explain` says of the fields that any object has: kube-apiserver's sentences are not ours to publish. */
export const words = {
  apiVersion: 'Group and version of the API in whose words the object is written, for example "apps/v1".',
  kind: 'What the object is, for example "Deployment". It never changes.',
  metadata: 'What any object has: its name, labels, annotations, owners, finalizers and versions.',
  listMetadata: 'The version of the list as a whole, and where to read on.',
  items: 'The objects.',
} as const

/** Of the fields of built-in types, by the name of the type. */
export const wordsOfFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {
    annotations: 'Notes that programs attach to the object. Nothing is selected by them.',
    creationTimestamp: 'When the server stored the object for the first time. Set by the server.',
    deletionGracePeriodSeconds: 'Seconds that the object may take to end. Set by the server when deletion begins.',
    deletionTimestamp: 'When the object is or was to be gone. Set by the server when deletion begins, and never taken back.',
    finalizers: 'Who has something left to do before the object may go: each takes its own entry out. It is gone when none is left.',
    generateName: 'How the name begins, where the server is to draw the rest. Counts only where no name is given.',
    generation: 'Counts the changes of what is asked for. Set by the server.',
    labels: 'Names and values by which objects are selected and grouped.',
    managedFields: 'Which manager owns which fields, for server-side apply. Kept by the server.',
    name: 'Unique among the objects of the kind in the namespace. It never changes.',
    namespace: 'Where the object lives, if its kind lives in namespaces. It never changes.',
    ownerReferences: 'Objects that this one belongs to: when all of them are gone, the garbage collector deletes it.',
    resourceVersion: 'The version of the stored object, which nobody should read anything into. A write that names an old one is refused.',
    selfLink: 'Has meant the path of the object. Not set any more.',
    uid: 'Tells the object from all others of all times, of the same name too. Set by the server.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference': {
    apiVersion: 'Group and version of the owner.',
    blockOwnerDeletion: 'Is the owner, when it is deleted in the foreground, to wait until this object is gone?',
    controller: 'Is it the one owner that manages this object?',
    kind: 'Kind of the owner.',
    name: 'Name of the owner.',
    uid: 'Uid of the owner: another object of the same name owns nothing.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta': {
    continue: 'Where the list goes on: give it back to read the next page. Empty on the last one.',
    remainingItemCount: 'How many objects follow this page, where the server knows.',
    resourceVersion: 'The version at which the list was read: watch from here.',
    selfLink: 'Has meant the path of the list. Not set any more.',
  },
}
