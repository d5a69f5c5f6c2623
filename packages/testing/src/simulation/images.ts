import type { SimulatedCloud } from '../cloud/index.ts'
import type { World } from './world.ts'

/** What the class names when it names no image: a family of them. */
const family = 'debian-13'

/**
 * Somebody builds images: what the family's name stands for is another image after each 10 to 90 s, till the end and beyond. Nobody
 * rolls a fleet for that.
 */
export const releaseImages = (world: World, cloud: SimulatedCloud): void => {
  let n = 0
  const release = (): void => {
    const image = `${family}.${++n}`
    cloud.release(family, image)
    world.at(10_000 + world.draw(`image ${n}`) * 80_000, `after ${image} comes another`, release)
  }
  release()
}
