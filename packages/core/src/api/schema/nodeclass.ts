import { z } from 'zod'
import { defaultController } from '../keys.ts'
import type { BootstrapFile, ClassConnection, NodeClass, NodeClassSpec, NodeClassStatus, ResolvedField } from '../nodeclass.ts'
import { type StructuralSchema, listAtomic, listMap, listSet, validations } from './extensions.ts'
import { annotationMap, conditionList, count, duration, labelMap, lines, noTwo, providerConfig, subdomain, taintList } from './fields.ts'
import { parseWith } from './parse.ts'
import type { Parsed } from './problem.ts'
import { sameType } from './same-type.ts'
import { structural } from './structural.ts'

const secretReference = {
  namespace: subdomain.max(63).describe('Its namespace.'),
  name: subdomain.describe('Its name.'),
}
const keyReference = z.object({
  ...secretReference,
  key: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[-._a-zA-Z0-9]+$/)
    .describe('The entry in it.'),
})

// No defaults in here: what a person wrote is hashed into the revision, and a default of a later version must not roll the fleet.
const file = z
  .object({
    path: z.string().max(1_024).regex(/^\/./, 'must be an absolute path').describe('Where it goes: an absolute path.'),
    content: z.string().max(65_536).optional().describe('Its content: a Liquid template, which knows node, class and cluster.'),
    secretRef: keyReference.optional().describe('Takes the content from a Secret.'),
    configMapRef: keyReference.optional().describe('Takes the content from a ConfigMap.'),
    permissions: z
      .string()
      .max(5)
      .regex(/^0?[0-7]{3,4}$/, 'must be octal, such as "0644"')
      .optional()
      .describe('In octal. Default "0644", and "0600" for what comes from a Secret.'),
    owner: z.string().min(1).max(64).optional().describe('User that owns it, or user:group. Default root.'),
  })
  .refine(
    f => [f.content, f.secretRef, f.configMapRef].filter(source => source !== undefined).length === 1,
    'exactly one of content, secretRef and configMapRef must be set',
  )
  .meta({
    description: 'One file.',
    ...validations({
      rule: '[has(self.content), has(self.secretRef), has(self.configMapRef)].filter(set, set).size() == 1',
      message: 'exactly one of content, secretRef and configMapRef must be set',
    }),
  })
sameType<z.input<typeof file>, BootstrapFile>(true)

const user = z
  .object({
    name: z
      .string()
      .max(32)
      .regex(/^[a-z_][-a-z0-9_]*$/, 'must be the name of a user')
      .describe('Its name.'),
    sshAuthorizedKeys: z
      .array(z.string().min(1).max(16_384).describe('A public key.'))
      .max(64)
      .optional()
      .meta({ description: 'Public keys that may log in.', ...listSet }),
    sudo: z.boolean().optional().describe('May it become root without a password? Default false.'),
  })
  .describe('One user.')

const bootstrap = z.object({
  type: z
    .enum(['kubeadm', 'kubelet', 'none'])
    .optional()
    .describe('How the machine joins: kubeadm join, a kubelet with bootstrap credentials, or not by our doing. Default none.'),
  files: z
    .array(file)
    .max(64)
    .refine(
      noTwo((f: { readonly path: string }) => f.path),
      'two files have the same path',
    )
    .optional()
    .meta({ description: 'Files to write before the commands run.', ...listMap('path') }),
  users: z
    .array(user)
    .max(64)
    .refine(
      noTwo((u: { readonly name: string }) => u.name),
      'two users have the same name',
    )
    .optional()
    .meta({ description: 'Users to make.', ...listMap('name') }),
  commands: lines(
    'Commands to run as root, in this order, after the files and before the join; each is a Liquid template.',
    128,
  ).optional(),
})

const spec = z.object({
  controller: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(\/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/)
    .default(defaultController)
    .describe('Which running manager serves this class, as the provisioner of a StorageClass.'),
  provider: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be the name of a provider')
    .describe('Name of a provider that this manager has.'),
  config: providerConfig
    .optional()
    .describe("What kind of machine, in the provider's own words, and checked by it: see the Ready condition."),
  secretRef: z.object(secretReference).optional().describe('Secret with the credentials. It is read when needed, and copied nowhere.'),
  template: z
    .object({
      labels: labelMap.optional().describe('Labels of each Node of this class; kept in sync.'),
      annotations: annotationMap.optional().describe('Annotations of each Node of this class; kept in sync.'),
      taints: taintList.optional().describe('Taints of each Node of this class; kept in sync.'),
      startupTaints: taintList
        .optional()
        .describe(
          'Put on at creation; somebody else (a CNI, a device plugin) takes them off, and until then the Node does not count as Running.',
        ),
    })
    .optional()
    .describe('What each Node of this class carries.'),
  bootstrap: bootstrap.optional().describe('What makes a machine a node.'),
  limits: z
    .object({
      nodes: count('Nodes of this class that may have machines; claims beyond it wait, and say so. Default: no limit.').optional(),
    })
    .optional()
    .describe('How much of this class there may be.'),
  importGroups: z
    .object({
      ids: z
        .array(z.string().min(1).max(253).describe('An id; * stands for any characters.'))
        .min(1)
        .max(64)
        .meta({ description: 'Ids of groups at the provider; * stands for any characters.', ...listSet }),
    })
    .optional()
    .describe(
      'Groups that exist already, such as node pools: for each of them a NodeSet is made, which takes the group over as it is, and goes ' +
        'when the group is gone. Default: none.',
    ),
  timeouts: z
    .object({
      provision: duration.default('15m').describe('From a create to a machine that exists; then it is tried again.'),
      join: duration.default('15m').describe('From there to a kubelet that has posted status; then it is tried again.'),
      drain: duration
        .default('1h')
        .describe('From the deletion of the Node to the end of its drain; then the machine is deleted all the same.'),
      volumeDetach: duration
        .default('6m')
        .describe('From the end of the evictions to detached volumes; then the machine is deleted all the same.'),
    })
    .optional()
    .describe('How long to wait for what.'),
})
sameType<z.input<typeof spec>, NodeClassSpec>(true)

const resolvedField = z.object({
  field: z.string().max(256).describe('Its path in spec.config, as it would be written to mean just this.'),
  value: z.string().max(1_024).describe('What it means; JSON, where it is no text.'),
})
sameType<z.input<typeof resolvedField>, ResolvedField>(true)

const classConnection = z.object({
  provider: z.string().max(63).describe('Name of the provider.'),
  account: z.string().max(256).optional().describe('Account that the credentials opened, where the provider can tell.'),
  config: providerConfig.describe('What chooses account and place, of the config that machines were made by.'),
  secret: z.object(secretReference).optional().describe('Secret with the credentials.'),
})
sameType<z.input<typeof classConnection>, ClassConnection>(true)

const status = z.object({
  observedGeneration: count('Generation of the spec that this status is about.').optional(),
  nodes: count('Claims of this class that exist, those being deleted included.').optional(),
  resolved: z
    .array(resolvedField)
    .max(32)
    .optional()
    .meta({
      description:
        'What floats in spec.config (the newest image, subnets by tag), and what it meant when the provider was asked last: when the ' +
        'class was edited, or nodes came or went. Each node is made of what it means then.',
      ...listAtomic,
    }),
  connections: z
    .array(classConnection)
    .max(256)
    .optional()
    .meta({
      description:
        'Where machines of this class are or may be, also after an edit of the class: looked after until nothing of it is left there. ' +
        'Who takes one out says that nothing is.',
      ...listAtomic,
    }),
  conditions: conditionList
    .optional()
    .describe('Ready: the config is valid and means something, the provider known, the credentials usable.'),
})
sameType<z.input<typeof status>, NodeClassStatus>(true)

const whole = z.looseObject({ spec }).describe('Which machines an administrator offers, and how they join as nodes.')

/**
 * Checks `spec` as the API server does with the CRD, for those that come from elsewhere or from an older CRD. Fills defaults in,
 * and drops what it does not know; metadata and status pass as they are.
 */
export const parseNodeClass = (object: unknown): Parsed<NodeClass> => parseWith(whole as z.ZodType<unknown> as z.ZodType<NodeClass>, object)

/** For the CRD. */
export const nodeClassSchema = (): { readonly spec: StructuralSchema; readonly status: StructuralSchema } => ({
  spec: structural(spec.describe('What is offered.')),
  status: structural(status.describe('What is known of it; written by the controller.')),
})
